/** The globals that both Node and our QuickJS runtime have besides the language; the runtime makes them at start. */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  /** Bad bytes become U+FFFD. */
  decode(bytes?: Uint8Array): string;
}
declare function queueMicrotask(run: () => void): void;
