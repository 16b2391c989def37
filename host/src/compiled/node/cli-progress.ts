/** Stands in for cli-progress: a bar is Node's to draw. It is made before anything is asked of the daemon. */
import { handOver } from '../hand-over.ts';

class SingleBar {
  constructor() {
    handOver();
  }
}

export default { SingleBar };
