import type { ImageReply } from '../daemon/api.ts';
import type { Group } from '../group.ts';

const USED_MB_MAX = 200;

export const image: Group = {
  name: 'image',
  title: 'size of the minimal image',
  async measure(bench) {
    const { manifest, allocatedBytes } = await bench.daemon.api.call<ImageReply>('GET', '/v1/images/minimal');
    if (manifest === undefined) throw new Error('the image minimal has no manifest');
    return [
      {
        name: 'image minimal, used',
        unit: 'MB',
        samples: [manifest.usedBytes / 1e6],
        goal: { of: 'p50', limit: USED_MB_MAX },
      },
      { name: "image minimal, on the host's disk", unit: 'MB', samples: [allocatedBytes / 1e6] },
    ];
  },
};
