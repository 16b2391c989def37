/** What every operation works with; main/ joins it. */
import type { ThermalPolicy } from '../core/thermal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Doctor } from '../ports/doctor.ts';
import type { Engine } from '../ports/engine.ts';
import type { Host } from '../ports/host.ts';
import type { ImageMaker } from '../ports/image-maker.ts';
import type { Images } from '../ports/images.ts';
import type { Log } from '../ports/log.ts';
import type { Releases } from '../ports/releases.ts';
import type { Store } from '../ports/store.ts';
import type { Tiers } from '../ports/tiers.ts';
import type { Activity } from './activity.ts';
import type { Turns } from './turns.ts';

export interface Context {
  readonly store: Store;
  readonly engine: Engine;
  readonly images: Images;
  readonly imageMaker: ImageMaker;
  readonly tiers: Tiers;
  readonly releases: Releases;
  readonly doctor: Doctor;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
  readonly turns: Turns;
  readonly activity: Activity;
  /** When sandboxes are set aside that say nothing else. */
  readonly thermal: ThermalPolicy;
  /** Snapshots of one sandbox without a name of their own; the oldest go. */
  readonly snapshotsKept: number;
}
