/**
 * The one network of this engine: found, or made by a keeper that outlives the daemon (docs/network.md).
 *
 *   (none) --machineNetwork--> up --keeper dies--> (none): made anew for the next machine; older ones have no way out
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NETWORK_FILE, type NetworkJob, RULES_FILE } from '@bhatti/keeper/network-job.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Progress } from '../../ports/engine.ts';
import { Keeper } from '../keeper/control.ts';
import type { EngineSettings } from '../settings.ts';
import { makeFolder, removeFolder } from '../vm/folder.ts';
import { HOST_SET, networkRules, UPLINK_MTU, UPLINK_RANGE } from './rules.ts';

/** Paths through which another process enters the namespaces. */
export interface MachineNetwork {
  readonly netNamespace: string;
  readonly userNamespace?: string;
}

export interface NoNetwork {
  readonly why: string;
}

export class Network {
  readonly #settings: EngineSettings;
  readonly folder: string;
  #keeper: Promise<Keeper> | null = null;

  constructor(settings: EngineSettings) {
    this.#settings = settings;
    this.folder = join(settings.folder, 'network');
  }

  /** What a machine gets: a host that allows no network still runs machines, and each says why it has none. */
  async machineNetworkOrNone(progress: Progress): Promise<MachineNetwork | NoNetwork> {
    try {
      return await this.machineNetwork();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      progress.step(`it gets no network: ${why}`);
      return { why };
    }
  }

  /** @throws BhattiError host.no-network when it cannot be made */
  async machineNetwork(): Promise<MachineNetwork> {
    if (this.#settings.network === null) throw missingPrograms();
    this.#keeper ??= this.#findOrMake();
    try {
      const { keeper, network } = (await this.#keeper).state;
      const at = (descriptor: number): string => `/proc/${keeper}/fd/${descriptor}`;
      if (network === undefined) throw new Error('the keeper of the network is none');
      const user = network.user === undefined ? {} : { userNamespace: at(network.user) };
      return { netNamespace: at(network.net), ...user };
    } catch (error) {
      this.#keeper = null;
      throw error;
    }
  }

  /** Ends the network, found or made; machines that still run lose their way out. */
  async remove(): Promise<void> {
    const keeper = await (this.#keeper ?? Keeper.find(this.folder)).catch(() => null);
    this.#keeper = null;
    keeper?.release();
    await keeper?.gone;
    await removeFolder(this.folder);
  }

  /** Forgets it without touching it. */
  detach(): void {
    this.#keeper?.then(
      (keeper) => keeper.detach(),
      () => undefined,
    );
  }

  async #findOrMake(): Promise<Keeper> {
    await makeFolder(this.folder);
    const rules = networkRules(this.#settings.allowedRanges);
    const keeper = (await this.#find(rules)) ?? (await this.#make(rules));
    keeper.gone.then(() => {
      this.#keeper = null;
    });
    return keeper;
  }

  /** A network that a daemon before us made; the rules are those of our settings from now on. */
  async #find(rules: string): Promise<Keeper | null> {
    const keeper = await Keeper.find(this.folder);
    if (keeper === null) return null;
    const path = join(this.folder, RULES_FILE);
    if ((await readFile(path, 'utf8').catch(() => '')) !== rules) {
      await writeFile(path, rules, { mode: 0o600 });
      keeper.reload();
    }
    return keeper;
  }

  async #make(rules: string): Promise<Keeper> {
    await removeFolder(this.folder);
    await makeFolder(this.folder);
    await writeFile(join(this.folder, RULES_FILE), rules, { mode: 0o600 });
    if (this.#settings.network === null) throw missingPrograms();
    const { slirp4netns, nft, ip, unshare } = this.#settings.network;
    const job: NetworkJob = {
      ...{ slirp4netns, nft, ip, unshare, range: UPLINK_RANGE, mtu: UPLINK_MTU, hostSet: HOST_SET },
      userNamespace: process.getuid?.() !== 0,
    };
    await writeFile(join(this.folder, NETWORK_FILE), JSON.stringify(job), { mode: 0o600 });
    return Keeper.startNetwork(this.#settings.keeper, this.folder);
  }
}

function missingPrograms(): BhattiError {
  return new BhattiError('host.no-network', 'cannot make the network: slirp4netns, nft, ip or unshare is missing', {
    remedy: 'bhatti doctor names the package',
  });
}
