/** The last lines of a unit, in a small journal and in a large one. */
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { buildServicesImage, imagesDir, TIER } from '../../tests/services/image.ts';
import type { Bench, Group } from '../group.ts';
import { type Measurement, ratio } from '../measure/measurement.ts';
import { lohar } from '../services/measured-machine.ts';

/** "Not changed" by a journal of 1 GiB. */
const SAME = 1.2;

export const journal: Group = {
  name: 'journal',
  title: 'journalctl beside a journal of 1 GiB',
  long: true,
  async measure(bench: Bench) {
    await buildServicesImage({ step: (label) => bench.note(label) }, new AbortController().signal);
    const { path } = await new ImageCatalog(imagesDir, 'amd64').find(TIER);
    bench.note('a gigabyte of lines');
    const machine = await lohar(path);
    const answers = await machine.steps('journal').finally(() => machine.close());
    const row = (name: string, about: string): Measurement => ({
      name: `journalctl -u UNIT -n 5${about}`,
      unit: 'ms',
      samples: (answers.get(name) ?? []).map((microseconds) => microseconds / 1000),
    });
    const [small, large] = [row('small', ''), row('large', ' of 1 GiB')];
    return [small, large, ratio(`${large.name}, of without`, large, small, { limit: SAME })];
  },
};
