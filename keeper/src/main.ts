/**
 * keeper run      parent of one QEMU: job.json in the working directory (run.ts)
 * keeper network  holder of the sandboxes' network: network.json in the working directory (network.ts)
 * keeper tsc      prints the rate of the processor's counter in kHz (tsc.ts)
 */
import { start } from '@bhatti/runtime/start.ts';
import { network } from './network.ts';
import { run } from './run.ts';
import { counterKhz } from './tsc.ts';

const STDOUT = 1;
const STDERR = 2;

start(({ sys, loop, args }) => {
  switch (args[1]) {
    case 'run':
      return run(sys, loop);
    case 'network':
      network(sys, loop);
      return;
    case 'tsc':
      sys.write(STDOUT, sys.encode(`${counterKhz(sys)}\n`));
      return;
    default:
      sys.write(STDERR, sys.encode('usage: keeper run | network | tsc\n'));
      sys.exit(2);
  }
});
