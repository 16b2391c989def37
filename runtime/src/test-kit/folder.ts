/** A folder for one test, gone when it ends. */
import { runtime, type TestContext } from './test.ts';

export function temporaryFolder(context: TestContext): string {
  const { sys } = runtime();
  const random = [...sys.random(6)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const path = `/tmp/bhatti-kernel-${random}`;
  sys.mkdir(path, 0o700);
  context.after(() => remove(path));
  return path;
}

function remove(path: string): void {
  const { sys } = runtime();
  for (const { name, type } of sys.readdir(path, 1_000_000)) {
    if (type === 'directory') remove(`${path}/${name}`);
    else sys.unlink(`${path}/${name}`);
  }
  sys.rmdir(path);
}
