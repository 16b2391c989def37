/** Settings that come over the control socket as the text of a unit file. Pure. */
import { lookUp } from '../directive/tables.ts';
import type { BusError, UnitType } from '../model.ts';
import { SettingsReader } from './settings-reader.ts';

/** What a program names its settings by, over systemd's bus, where files have another name. */
const BUS_NAMES: Readonly<Record<string, string>> = {
  CPUQuotaPerSecUSec: 'CPUQuota',
  TimeoutStopUSec: 'TimeoutStopSec',
  RuntimeMaxUSec: 'RuntimeMaxSec',
};

export interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

const sectionOf = (type: UnitType): string => type.charAt(0).toUpperCase() + type.slice(1);

/** @returns where each `KEY=value` belongs in a unit of this type, or systemd's words about the first that is wrong */
export function readAssignments(type: UnitType, texts: readonly string[]): readonly Assignment[] | BusError {
  const found: Assignment[] = [];
  for (const text of texts) {
    const equals = text.indexOf('=');
    const name = text.slice(0, equals);
    const key = BUS_NAMES[name] ?? name;
    const value = text.slice(equals + 1);
    const section = ['Unit', sectionOf(type)].find((one) => Array.isArray(lookUp(type, one, key)));
    if (equals <= 0 || section === undefined)
      return {
        name: 'InvalidArgs',
        message: equals <= 0 ? `Not an assignment: ${text}` : `Unknown assignment: ${text}`,
      };
    const reader = new SettingsReader(type, (resolved) => resolved);
    if (!value.includes('\n')) reader.assign(section, key, value, '');
    if (value.includes('\n') || reader.fatal || reader.lines.length > 0)
      return { name: 'InvalidArgs', message: `Failed to parse ${text}: Invalid argument` };
    found.push({ section, key, value });
  }
  return found;
}

const HEADER = '# This is a transient unit file, created programmatically via the systemd API. Do not edit.\n';

export function transientFile(assignments: readonly Assignment[]): string {
  const sections = [...new Set(assignments.map(({ section }) => section))];
  const text = (section: string): string =>
    assignments
      .filter((one) => one.section === section)
      .map(({ key, value }) => `${key}=${value}\n`)
      .join('');
  return HEADER + sections.map((section) => `[${section}]\n${text(section)}`).join('\n');
}

/** The drop-in of one setting of set-property. */
export function controlFile({ section, key, value }: Assignment): string {
  return `# This is a drop-in unit file extension, created via "systemctl set-property"
# or an equivalent operation. Do not edit.
[${section}]
${key}=${value}
`;
}
