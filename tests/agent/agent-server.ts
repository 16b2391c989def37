/**
 * The agent alone, on a unix socket: agent-server SOCKET FOLDER CGROUP-ROOT. The socket's one connection stands for the
 * virtio-serial port, the process for PID 1. Compiled like lohar, part of no image.
 */
import '@bhatti/runtime/text-globals.ts';
import { startAgent } from '@bhatti/lohar/agent/agent.ts';
import { KeptState } from '@bhatti/lohar/kept/kept.ts';
import { surviveCrashes } from '@bhatti/runtime/crash.ts';
import { start } from '@bhatti/runtime/start.ts';

const HEAP_LIMIT = 64 * 1024 * 1024; // as lohar's
const SUBREAPER = 36;

start(
  ({ sys, loop, args }) => {
    const [, socket = '', folder = '', cgroupRoot = ''] = args;
    sys.attempt('prctl', SUBREAPER, 1, 0, 0, 0);
    const limits = new Uint8Array(new BigUint64Array([65536n, 65536n]).buffer);
    sys.attempt('prlimit64', 0, 7, limits, undefined);
    const listener = sys.listenUnix(socket, 'stream', 0o600);
    const watch = loop.watch(listener, 'in', () => {
      const port = sys.accept(listener);
      if (port === null) return;
      watch.stop();
      startAgent({
        sys,
        loop,
        port,
        cgroupRoot,
        stateFolder: folder,
        kept: new KeptState(sys, surviveCrashes(args), false),
        onGone: () => sys.exit(0),
        hooks: {
          version: '0.1.0',
          arch: 'amd64',
          repairHello: (entropy, ms) => [{ name: `${entropy.length} bytes, ${ms}`, ok: true, ms: 0 }],
          repairPrepare: (request, done) => done([{ name: request.hostname, ok: true, ms: 0 }]),
          power: (action) => sys.writeFile(`${folder}/power`, action),
          booted: () => true,
          log: (line) => void sys.write(2, sys.encode(`${line}\n`)),
        },
      });
    });
  },
  { heapLimit: HEAP_LIMIT },
);
