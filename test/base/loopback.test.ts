import { describe, expect, it } from 'vitest';
import { isLoopbackAddress } from '../../harness/base/loopback.ts';

describe('a loopback address', () => {
  it.each(['127.0.0.1', '127.255.255.254', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('is %s', (address) => {
    expect(isLoopbackAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '8.8.8.8',
    '10.0.0.1',
    '126.255.255.255',
    '128.0.0.1',
    '169.254.169.254',
    '192.168.1.1',
    '::',
    '::2',
    '::ffff:8.8.8.8',
    'fe80::1',
    'localhost',
    '127.0.0.1.example',
    '2130706433',
    '',
  ])('S1 B19: is not %s', (address) => {
    expect(isLoopbackAddress(address)).toBe(false);
  });
});
