/** This process becomes another program. */
import { address, encodeLossless } from 'native';
import { attempt, check } from './kernel.ts';

/** Strings as execve(2) wants them, each with a NUL behind what its array shows; `texts` must live as long as `pointers`. */
export function vectorOf(strings: readonly string[]): { pointers: Uint8Array; texts: readonly Uint8Array[] } {
  const texts = strings.map((text) => encodeLossless(text));
  const pointers = new BigUint64Array(texts.length + 1);
  for (const [i, text] of texts.entries()) pointers[i] = BigInt(address(text));
  return { pointers: new Uint8Array(pointers.buffer), texts };
}

/** execve(2). @param environment `NAME=value` @throws SysError; otherwise it does not return */
export function execute(path: string, args: readonly string[], environment: readonly string[]): never {
  const argv = vectorOf(args);
  const envp = vectorOf(environment);
  return check(attempt('execve', path, argv.pointers, envp.pointers), 'execute', path) as never;
}
