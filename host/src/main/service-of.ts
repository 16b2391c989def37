import type { ServiceCommands } from '../cli/context.ts';
import { serviceManager } from '../setup/init.ts';
import { readRecord } from '../setup/record.ts';

/** How the service of this folder is started and looked at; undefined where no service has it. */
export function serviceOf(dataDir: string): ServiceCommands | undefined {
  const record = readRecord(dataDir);
  if (!record?.made.includes('service')) return undefined;
  const { startCommand, statusCommand } = serviceManager(record.init);
  return { start: startCommand, status: statusCommand };
}
