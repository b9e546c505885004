/** Why bytes are no HTTP/1.1 response that this engine accepts; it is stricter than most clients, as every fault is framing. */
export type ParseFault =
  | 'version'
  | 'status'
  | 'line-ending'
  | 'header'
  | 'header-overflow'
  | 'folded-header'
  | 'content-length'
  | 'transfer-encoding'
  | 'ambiguous-length'
  | 'chunk-size'
  | 'chunk-extension-overflow'
  | 'too-many-interim'
  | 'upgrade';

/** Bounds on what a response may hold beside its body, so that a hostile one ends early. */
export const MAX_HEAD_BYTES = 65_536;
export const MAX_CHUNK_EXTENSION_BYTES = 16_384;
export const MAX_INTERIM_RESPONSES = 16;

export const HT = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const DEL = 0x7f;

/** The lower-case form of each byte that may stand in a token (RFC 9110, 5.6.2), 0 for every other. */
export const TOKEN = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  TOKEN[char.charCodeAt(0)] = char.toLowerCase().charCodeAt(0);
}

/** 1 for bytes that may stand in a field value (RFC 9110, 5.5): visible, space, tab, and anything above ASCII. */
export const FIELD_VALUE = new Uint8Array(256)
  .fill(1, SPACE)
  .fill(1, HT, HT + 1)
  .fill(0, DEL, DEL + 1);
