import { start } from '@bhatti/runtime/start.ts';

start(({ sys, args }) => {
  sys.write(2, sys.encode(`lohar ${args.join(' ')} pid ${sys.getpid()}\n`));
});
