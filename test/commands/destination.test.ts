import { describe, expect, it } from 'vitest';
import { type Lookup, resolveDestination } from '../../harness/commands/destination.ts';

const neverAsked: Lookup = async (host) => {
  throw new Error(`asked for ${host}`);
};
const refused = expect.objectContaining({ code: 'URL_REFUSED', exitCode: 2 });

describe('the destination of a load', () => {
  it('is the address and port that the URL names', async () => {
    expect(await resolveDestination('http://127.0.0.1:8080/a?b=c', neverAsked)).toEqual({
      url: 'http://127.0.0.1:8080/a?b=c',
      address: '127.0.0.1',
      port: 8_080,
      path: '/a?b=c',
    });
    expect(await resolveDestination('http://[::1]/', neverAsked)).toMatchObject({
      address: '::1',
      port: 80,
      path: '/',
    });
  });

  it('F40 S3: of a name is the address that was checked, resolved exactly once', async () => {
    const answers = [['127.0.0.1'], ['8.8.8.8']];
    const lookup: Lookup = async () => answers.shift() ?? [];
    expect(await resolveDestination('http://localhost:1/', lookup)).toMatchObject({ address: '127.0.0.1' });
    expect(answers).toEqual([['8.8.8.8']]);
  });

  it('S3 M17: of a name with one foreign address among several is refused', async () => {
    const lookup: Lookup = async () => ['127.0.0.1', '203.0.113.9'];
    await expect(resolveDestination('http://rebind.test/', lookup)).rejects.toThrow(refused);
    await expect(resolveDestination('http://rebind.test/', lookup)).rejects.toThrow(
      /rebind\.test \(203\.0\.113\.9\) is not a loopback/,
    );
  });

  it('of a name that does not resolve is refused with the cause', async () => {
    await expect(resolveDestination('http://nowhere.test/', neverAsked)).rejects.toThrow(
      /nowhere\.test cannot be resolved/,
    );
    await expect(resolveDestination('http://nowhere.test/', async () => [])).rejects.toThrow(refused);
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
  ])('B19 B20 S1: %s is refused before anything is asked or dialled', async (url) => {
    await expect(resolveDestination(url, neverAsked)).rejects.toThrow(refused);
  });
});
