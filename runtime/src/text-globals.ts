/** Makes what globals.d.ts declares and the engine lacks; imported before everything else of a program. */
import { decode, encode } from 'native';

class Encoder {
  encode(text = ''): Uint8Array<ArrayBuffer> {
    return encode(text);
  }
}

class Decoder {
  decode(bytes: Uint8Array = new Uint8Array(0)): string {
    // The Encoding Standard drops a byte order mark.
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return decode(marked ? bytes.subarray(3) : bytes);
  }
}

Object.assign(globalThis, { TextEncoder: Encoder, TextDecoder: Decoder });
