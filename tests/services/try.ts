/** node tests/services/try.ts SCRIPT...: boots the machine of the cases and runs shell scripts in it, for work on cases. */
import { buildServicesImage } from './image.ts';
import { bootMachine } from './machine.ts';

await buildServicesImage({ step: (label) => console.error(label) }, new AbortController().signal);
const machine = await bootMachine();
try {
  for (const script of process.argv.slice(2)) console.log((await machine.run(script)).output);
} finally {
  await machine.close();
}
