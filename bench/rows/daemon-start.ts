import { startDaemon } from '../daemon/own-daemon.ts';
import type { Group } from '../group.ts';

const ROUNDS = 10;

export const daemonStart: Group = {
  name: 'daemon-start',
  title: 'start of the daemon',
  async measure(bench) {
    const samples: number[] = [];
    for (let round = 0; round < bench.rounds(ROUNDS); round++) {
      const daemon = await startDaemon();
      samples.push(daemon.startMs);
      await daemon.close();
    }
    return [{ name: 'daemon start, to first answer', unit: 'ms', samples }];
  },
};
