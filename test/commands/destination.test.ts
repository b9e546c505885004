import { describe, expect, it } from 'vitest';
import { type Lookup, resolveDestination } from '../../harness/commands/destination.ts';

const neverAsked: Lookup = async (host) => {
  throw new Error(`asked for ${host}`);
};
const refused = expect.objectContaining({ code: 'URL_REFUSED', exitCode: 2 });

describe('the destination of a load', () => {
  it('is the address and port that the URL names', async () => {
    expect(await resolveDestination('http://127.0.0.1:8080/a?b=c', { lookup: neverAsked })).toEqual({
      url: 'http://127.0.0.1:8080/a?b=c',
      address: '127.0.0.1',
      port: 8_080,
      authority: '127.0.0.1:8080',
      path: '/a?b=c',
      remote: false,
    });
    expect(await resolveDestination('http://[::1]/', { lookup: neverAsked })).toMatchObject({
      address: '::1',
      port: 80,
      path: '/',
    });
  });

  it('F40 S3: of a name is the address that was checked, resolved exactly once', async () => {
    const answers = [['127.0.0.1'], ['8.8.8.8']];
    const lookup: Lookup = async () => answers.shift() ?? [];
    expect(await resolveDestination('http://localhost:1/', { lookup })).toMatchObject({
      address: '127.0.0.1',
      authority: 'localhost:1',
    });
    expect(answers).toEqual([['8.8.8.8']]);
  });

  it('S3 M17: of a name with one foreign address among several is refused', async () => {
    const lookup: Lookup = async () => ['127.0.0.1', '203.0.113.9'];
    await expect(resolveDestination('http://rebind.test/', { lookup })).rejects.toThrow(refused);
    await expect(resolveDestination('http://rebind.test/', { lookup })).rejects.toThrow(
      /rebind\.test \(203\.0\.113\.9\) is not a loopback/,
    );
  });

  it.each([
    ['http://shop.test/', 'shop.test'],
    ['http://shop.test:80/', 'shop.test'],
    ['http://SHOP.test:8080/', 'shop.test:8080'],
    ['http://bücher.test/', 'xn--bcher-kva.test'],
    ['http://[::1]:8080/', '[::1]:8080'],
  ])('%s keeps the name that the user gave, as a Host header has it', async (url, authority) => {
    expect(await resolveDestination(url, { lookup: async () => ['127.0.0.1'] })).toMatchObject({ authority });
  });

  it('of a name that does not resolve is refused with the cause', async () => {
    await expect(resolveDestination('http://nowhere.test/', { lookup: neverAsked })).rejects.toThrow(
      /nowhere\.test cannot be resolved/,
    );
    await expect(resolveDestination('http://nowhere.test/', { lookup: async () => [] })).rejects.toThrow(
      refused,
    );
  });

  it.each([
    'ftp://127.0.0.1/',
    'https://127.0.0.1/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'not a url',
    '',
    'http://user:secret@127.0.0.1/',
    'http://user@127.0.0.1/',
    'http://127.0.0.1:0/',
    'http://127.0.0.1:65536/',
    'http://127.0.0.1:abc/',
    'http://8.8.8.8/',
    'http://0.0.0.0/',
    'http://169.254.169.254/latest/meta-data',
    'http://10.1.2.3/',
    'http://[::ffff:8.8.8.8]/',
    'http://[::]/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://0x7f.0.0.1/',
    'http://127.1/',
    'http://134744072/',
    'h\nttp://127.0.0.1/',
    'http://127.0.0.1/\r\nx: y',
    ' http://127.0.0.1/',
  ])('B19 B20 S1: %s is refused before anything is asked or dialled', async (url) => {
    await expect(resolveDestination(url, { lookup: neverAsked })).rejects.toThrow(refused);
  });

  it.each([
    'http://0.0.0.0/',
    'http://169.254.169.254/',
    'http://[::ffff:8.8.8.8]/',
    'http://[::]/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[fe80::1]/',
    'http://134744072/',
    'https://203.0.113.9/',
  ])('B19 S1 S2: %s is refused even to the owner of a target', async (url) => {
    await expect(resolveDestination(url, { lookup: neverAsked, remoteAllowed: true })).rejects.toThrow(
      refused,
    );
  });

  it('S2: elsewhere is allowed by the flag alone, and marked as such', async () => {
    await expect(resolveDestination('http://203.0.113.9/')).rejects.toThrow(refused);
    expect(await resolveDestination('http://203.0.113.9/', { remoteAllowed: true })).toMatchObject({
      address: '203.0.113.9',
      remote: true,
    });
  });

  it('S2 S3: of a name is still resolved once, and every address checked', async () => {
    const mixed: Lookup = async () => ['203.0.113.9', '169.254.169.254'];
    await expect(
      resolveDestination('http://mine.test/', { lookup: mixed, remoteAllowed: true }),
    ).rejects.toThrow(/169\.254\.169\.254/);
  });
});
