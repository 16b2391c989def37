/** What makes a guest a sandbox of its own once lohar has answered: the size of its disk, then its identity. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type PrepareRequest, STDOUT, type Step } from '@bhatti/wire/messages.ts';
import type { VmSpec } from '../../ports/engine.ts';
import type { AgentLink } from '../link/agent-link.ts';
import type { MachineNetwork, NoNetwork } from '../network/network.ts';
import { RESOLVER } from '../network/rules.ts';
import { diskNode } from '../qemu/arguments.ts';
import type { VmRecord } from './folder.ts';
import type { Vm } from './vm.ts';

/** Unit of /sys/class/block/NAME/size, whatever the disk's own sectors are (Documentation/ABI/stable/sysfs-block). */
const SECTOR_SIZE = 512;
const DISK_WAIT_MS = 5000;
const MIB = 1024 * 1024;

export interface Preparation {
  readonly spec: Pick<VmSpec, 'hostname' | 'env'>;
  readonly record: Pick<VmRecord, 'machineId' | 'mac'>;
  readonly network: MachineNetwork | NoNetwork;
  readonly growRoot: boolean;
  readonly newNetwork?: boolean;
  readonly taken?: PrepareRequest['taken'];
}

/** @returns what was done, as `inspect` shows it */
export async function prepareGuest(agent: AgentLink, order: Preparation): Promise<Step[]> {
  const { spec, record, network, newNetwork, taken } = order;
  const request: PrepareRequest = {
    op: 'prepare',
    hostname: spec.hostname,
    machineId: record.machineId,
    mac: record.mac,
    env: spec.env,
    growRoot: order.growRoot,
    timeMs: Date.now(),
    ...('why' in network ? {} : { dns: RESOLVER }),
    ...(newNetwork === true ? { newNetwork } : {}),
    ...(taken === undefined ? {} : { taken }),
  };
  const stream = agent.open(request);
  for await (const message of stream.messages)
    if (message.is === 'prepared') return [...message.report, ...networkStep(network)];
  throw new BhattiError('stream.protocol', 'cannot start the VM: the guest did not say that it is prepared', {
    remedy: 'rebuild the image: bhatti tier build',
  });
}

/** A machine without a network is a machine; that it has none must be seen. */
function networkStep(network: Preparation['network']): Step[] {
  return 'why' in network ? [{ name: 'network', ok: false, ms: 0, error: network.why }] : [];
}

/** The guest learns of the new size by an interrupt: it is asked until it knows, or its file system would not grow. */
export async function growDisk(
  vm: Vm,
  agent: AgentLink,
  { spec, record }: { spec: VmSpec; record: VmRecord },
): Promise<void> {
  const monitor = await vm.monitor();
  const size = spec.diskMib * MIB;
  await monitor.execute('block_resize', { 'node-name': diskNode(record.layers.length), size });
  const begin = performance.now();
  while ((await diskSize(agent)) < size) {
    if (performance.now() - begin < DISK_WAIT_MS) continue;
    throw new BhattiError('engine.failed', 'cannot grow the disk: the guest does not see its new size', {
      remedy: 'bhatti create --cold boots without a template',
    });
  }
}

/** Bytes of the root disk as the guest sees it. */
async function diskSize(agent: AgentLink): Promise<number> {
  const stream = agent.open({ op: 'file.read', path: '/sys/class/block/vda/size', offset: 0 });
  const parts: Uint8Array[] = [];
  for await (const bytes of stream.channel(STDOUT)) parts.push(bytes);
  return Number(Buffer.concat(parts).toString()) * SECTOR_SIZE;
}
