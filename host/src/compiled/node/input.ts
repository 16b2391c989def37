/** Stands in for Node's standard input: pieces as they come, whatever it is. */
import { AGAIN, SysError, type Watch } from '@bhatti/runtime/sys.ts';
import { own } from '../own.ts';

const FD = 0;
const PIECE_SIZE = 64 * 1024;

/** Resolves when there is something to read; a file always has. */
function ready(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let watch: Watch | undefined;
  try {
    watch = own().loop.watch(FD, 'in', () => {
      watch?.stop();
      resolve();
    });
  } catch (error) {
    if (!(error instanceof SysError && error.code === 'EPERM')) throw error;
    own().loop.defer(resolve); // epoll_ctl(2): a regular file
  }
  return promise;
}

export const input = {
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const { sys } = own();
    for (;;) {
      await ready();
      const bytes = new Uint8Array(PIECE_SIZE);
      const size = sys.read(FD, bytes);
      if (size === 0) return;
      if (size !== AGAIN) yield bytes.subarray(0, size);
    }
  },
};
