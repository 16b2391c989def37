/**
 * The agent alone, on a unix socket: agent-server SOCKET FOLDER CGROUP-ROOT. The socket's one connection stands for the
 * virtio-serial port, the process for PID 1, which executes itself anew when it crashes. Compiled like lohar, part of no image.
 */
import '@bhatti/runtime/text-globals.ts';
import { startAgent } from '@bhatti/lohar/agent/agent.ts';
import { obeyFaults } from '@bhatti/lohar/boot/faults.ts';
import { KeptState } from '@bhatti/lohar/kept/kept.ts';
import { afterCrash, surviveCrashes } from '@bhatti/runtime/crash.ts';
import { type Runtime, start } from '@bhatti/runtime/start.ts';
import type { Fd } from '@bhatti/runtime/sys.ts';

const HEAP_LIMIT = 64 * 1024 * 1024; // as lohar's
const SUBREAPER = 36;
const PORT_KEY = 'port';

function serve({ sys, loop }: Runtime, args: readonly string[], kept: KeptState, port: Fd): void {
  const [, , folder = '', cgroupRoot = ''] = args;
  kept.holdOpen(port);
  kept.put(PORT_KEY, String(port));
  startAgent({
    ...{ sys, loop, port, cgroupRoot, stateFolder: folder, kept },
    onGone: () => sys.exit(0),
    hooks: {
      version: '0.1.0',
      arch: 'amd64',
      repairHello: (entropy, ms) => [{ name: `${entropy.length} bytes, ${ms}`, ok: true, ms: 0 }],
      repairPrepare: (request, done) => done([{ name: request.hostname, ok: true, ms: 0 }]),
      repairWake: (request) => [{ name: `${request.sleptMs} ms`, ok: true, ms: 0 }],
      timerMs: () => undefined,
      power: (action) => sys.writeFile(`${folder}/power`, action),
      booted: () => true,
      log: (line) => void sys.write(2, sys.encode(`${line}\n`)),
    },
  });
  kept.settle();
}

start(
  (runtime) => {
    const { sys, loop } = runtime;
    obeyFaults(sys, loop);
    const { signal, args } = afterCrash(runtime.args);
    const kept = new KeptState(sys, surviveCrashes(args), signal !== undefined);
    const before = kept.takeOne(PORT_KEY);
    if (before !== undefined) {
      serve(runtime, args, kept, Number(before));
      return;
    }
    sys.attempt('prctl', SUBREAPER, 1, 0, 0, 0);
    const limits = new Uint8Array(new BigUint64Array([65536n, 65536n]).buffer);
    sys.attempt('prlimit64', 0, 7, limits, undefined);
    const listener = sys.listenUnix(args[1] ?? '', 'stream', 0o600);
    const watch = loop.watch(listener, 'in', () => {
      const port = sys.accept(listener);
      if (port === null) return;
      watch.stop();
      serve(runtime, args, kept, port);
    });
  },
  { heapLimit: HEAP_LIMIT, abortWhenBroken: true },
);
