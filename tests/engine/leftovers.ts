/** What an engine has running or lying about: nothing, once everything is destroyed. */
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const allProcesses = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Processes that work in this folder or below it: keepers, and by their parents' names the rest. */
export function processesIn(folder: string): string[] {
  return allProcesses().filter((pid) => linkOf(`/proc/${pid}/cwd`).replace(' (deleted)', '').startsWith(folder));
}

/** Network namespaces that some of these processes is in or holds. */
export function netNamespaces(pids: readonly string[] = allProcesses()): Set<string> {
  const found = new Set<string>();
  for (const pid of pids) {
    found.add(linkOf(`/proc/${pid}/ns/net`));
    for (const fd of entriesOf(`/proc/${pid}/fd`)) {
      const target = linkOf(`/proc/${pid}/fd/${fd}`);
      if (target.startsWith('net:')) found.add(target);
    }
  }
  found.delete('');
  return found;
}

/** Everything below a folder, as relative paths. */
export function filesIn(folder: string): string[] {
  return entriesOf(folder, true);
}

function entriesOf(folder: string, recursive: boolean = false): string[] {
  try {
    return readdirSync(folder, { recursive, encoding: 'utf8' });
  } catch {
    return []; // it went away while we looked
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

export function vmFolder(engineFolder: string, id: string): string {
  return join(engineFolder, 'vms', id);
}
