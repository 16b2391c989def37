/** So many times in so much time. */
export class Rate {
  #beganUsec = 0;
  #count = 0;

  /** @returns false when it is once too often */
  allows(nowUsec: number, intervalUsec: number, burst: number): boolean {
    if (intervalUsec === 0 || burst === 0) return true;
    if (this.#count === 0 || nowUsec >= this.#beganUsec + intervalUsec) {
      this.#beganUsec = nowUsec;
      this.#count = 0;
    }
    if (this.#count >= burst) return false;
    this.#count++;
    return true;
  }
}
