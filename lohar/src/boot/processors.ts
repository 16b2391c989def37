/** Processors that the kernel left off (maxcpus= on its command line) while it patched its own code. */
import type { Sys } from '@bhatti/runtime/sys.ts';

const FOLDER = '/sys/devices/system/cpu';
/** As many as Linux has for x86 (CONFIG_NR_CPUS), with the folder's other entries. */
const ENTRIES_MAX = 8300;

export function startProcessors(sys: Sys): void {
  for (const { name } of sys.readdir(FOLDER, ENTRIES_MAX)) {
    const online = `${FOLDER}/${name}/online`;
    if (!/^cpu\d+$/.test(name) || !sys.access(online, 0)) continue;
    if (sys.decode(sys.readFile(online, 2)).startsWith('0')) sys.writeFile(online, '1');
  }
}
