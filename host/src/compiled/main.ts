/** The program `bhatti`: what is typed often, without the start of Node (docs/decisions/cli-client.md). */
import { start, whenStarted } from '@bhatti/runtime/start.ts';

whenStarted(() => start((runtime) => void import('./run.ts').then(({ run }) => run(runtime))));
