import { serviceManager } from '../setup/init.ts';
import { readRecord } from '../setup/record.ts';

/** The command that starts the service of this folder; undefined where no service has it. */
export function serviceStart(dataDir: string): readonly string[] | undefined {
  const record = readRecord(dataDir);
  return record?.made.includes('service') ? serviceManager(record.init).startCommand : undefined;
}
