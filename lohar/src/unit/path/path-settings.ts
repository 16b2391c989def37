/** [Path] as it was read. Facts: systemd.path(5). */
import type { OwnSettings } from '../directive/own-section.ts';
import type { Usec } from '../value/time-span.ts';

export const PATH_KINDS = ['PathExists', 'PathExistsGlob', 'PathChanged', 'PathModified', 'DirectoryNotEmpty'] as const;
export type PathKind = (typeof PATH_KINDS)[number];

export interface PathSpec {
  readonly kind: PathKind;
  readonly path: string;
}

export interface PathSettings extends OwnSettings {
  /** The last one of the file first, as systemd keeps them. */
  readonly specs: readonly PathSpec[];
  /** The unit to start; '' is the service of the same name. */
  readonly Unit: string;
  readonly MakeDirectory: boolean;
  readonly DirectoryMode: number;
  readonly TriggerLimitIntervalSec: Usec;
  readonly TriggerLimitBurst: number;
}
