/** What minisign(1) writes, made with a key of the test's own. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface SigningKey {
  /** As in the last line of minisign.pub. */
  readonly publicKey: string;
  sign(content: Buffer): string;
}

export function minisign(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const id = randomBytes(8);
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    publicKey: Buffer.concat([Buffer.from('Ed'), id, raw]).toString('base64'),
    sign(content) {
      const comment = 'a test';
      const proof = sign(null, createHash('blake2b512').update(content).digest(), privateKey);
      const whole = sign(null, Buffer.concat([proof, Buffer.from(comment)]), privateKey);
      const signed = Buffer.concat([Buffer.from('ED'), id, proof]);
      const lines = ['untrusted comment: x', signed.toString('base64'), `trusted comment: ${comment}`];
      return `${[...lines, whole.toString('base64')].join('\n')}\n`;
    },
  };
}
