import { describe, expect, it } from 'vitest';
import { evenThreads } from '../../../harness/drivers/wrk/load.ts';
import { luaString, wrkScript } from '../../../harness/drivers/wrk/script.ts';

describe('the script for wrk', () => {
  it('states the request', () => {
    const script = wrkScript({ method: 'POST', headers: { accept: 'text' }, body: 'ab' });
    expect(script).toContain('wrk.method = "POST"\nwrk.body = "ab"\nwrk.headers["accept"] = "text"\n');
  });

  it('has no body where there is none', () => {
    expect(wrkScript({ method: 'GET', headers: {}, body: null })).not.toContain('wrk.body');
  });

  it.each(['"] os.execute("touch x") --', '\\', 'line\nbreak', 'é', '\0'])(
    'S12 holds %j as a string and nothing else',
    (text) => {
      expect(luaString(text)).toMatch(/^"(?:[A-Za-z0-9]|\\\d{3})*"$/);
    },
  );
});

describe('threads of wrk', () => {
  it('share the connections evenly, because wrk drops a remainder', () => {
    expect(evenThreads(4, 64)).toBe(4);
    expect(evenThreads(4, 10)).toBe(2);
    expect(evenThreads(8, 7)).toBe(7);
    expect(evenThreads(2, 9)).toBe(1);
  });
});
