/** What wrk itself makes of a load, wherever its results are shown. */
export const WRK_LABEL = 'closed loop, tool-corrected, timeouts not counted';
