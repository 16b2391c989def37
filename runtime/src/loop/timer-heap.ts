/** Timers in the order in which they are due: a binary heap. */
export interface Due {
  readonly at: number;
  /** Where it lies in the heap; -1 when it is not in it. */
  index: number;
}

export class TimerHeap<T extends Due> {
  readonly #items: T[] = [];

  get first(): T | undefined {
    return this.#items[0];
  }

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    item.index = this.#items.push(item) - 1;
    this.#up(item);
  }

  /** No effect when it is not in the heap. */
  remove(item: T): void {
    const { index } = item;
    if (index < 0) return;
    item.index = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#put(last, index);
    this.#up(last);
    this.#down(last);
  }

  /** Takes the earliest one out, if it is due at `now`. */
  takeDue(now: number): T | undefined {
    const { first } = this;
    if (first === undefined || first.at > now) return undefined;
    this.remove(first);
    return first;
  }

  #put(item: T, index: number): void {
    this.#items[index] = item;
    item.index = index;
  }

  #up(item: T): void {
    for (let { index } = item; index > 0; ) {
      const above = (index - 1) >> 1;
      const parent = this.#items[above];
      if (parent === undefined || parent.at <= item.at) return;
      this.#put(parent, index);
      this.#put(item, above);
      index = above;
    }
  }

  #down(item: T): void {
    for (let { index } = item; ; ) {
      const left = this.#items[2 * index + 1];
      const right = this.#items[2 * index + 2];
      const child = right !== undefined && left !== undefined && right.at < left.at ? right : left;
      if (child === undefined || child.at >= item.at) return;
      const below = child.index;
      this.#put(child, index);
      this.#put(item, below);
      index = below;
    }
  }
}
