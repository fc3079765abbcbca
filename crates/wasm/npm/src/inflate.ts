// Inflates a WebAssembly module synchronously, because the API is synchronous, and DecompressionStream is not. The data is from the build,
// so nothing looks for damage, but the function ends for any data. The code is fast when it runs for the first time: it leaves loops to
// `fill` and `indexOf`, and creates its tables once.

const END_OF_BLOCK = 256;
/** A code has at most 15 bits. */
const MAX_BITS = 15;
/** The order in which a block gives the lengths of the codes for lengths. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The smallest number of each symbol, and the number of extra bits that are added to it. */
interface BaseTable {
  base: Uint16Array;
  bits: Uint8Array;
}

/** Inflates raw deflate data (RFC 1951), which has `length` bytes then. */
export function inflate(source: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const target = new Uint8Array(length);
  const reversed = Uint8Array.from({ length: 256 }, (_, byte) => reverse(byte));
  const [matches, offsets] = [baseTable(3, 4), baseTable(1, 2)];
  matches.base[28] = 258;
  matches.bits[28] = 0;
  const literals = new Uint16Array(1 << MAX_BITS);
  const distances = new Uint16Array(1 << MAX_BITS);
  let [next, buffer, buffered, end] = [0, 0, 0, 0];

  const read = (bits: number): number => {
    for (; buffered < bits; buffered += 8) buffer |= source[next++]! << buffered;
    const value = buffer & ((1 << bits) - 1);
    buffer >>>= bits;
    buffered -= bits;
    return value;
  };
  const readSymbol = (table: Uint16Array): number => {
    for (; buffered < MAX_BITS; buffered += 8) buffer |= source[next++]! << buffered;
    const entry = table[(reversed[buffer & 255]! << 7) | (reversed[(buffer >> 8) & 255]! >> 1)]!;
    const bits = entry & 15;
    buffer >>>= bits;
    buffered -= bits;
    return entry >> 4;
  };
  const readNumber = ({ base, bits }: BaseTable, symbol: number): number => base[symbol]! + read(bits[symbol]!);
  const readTables = (): void => {
    const [literalCount, distanceCount, count] = [read(5) + 257, read(5) + 1, read(4) + 4];
    const codeLengths = new Uint8Array(19);
    for (const symbol of LENGTH_ORDER.slice(0, count)) codeLengths[symbol] = read(3);
    setCodes(distances, codeLengths);
    const lengths = new Uint8Array(literalCount + distanceCount);
    for (let index = 0; index < lengths.length; ) {
      const symbol = readSymbol(distances);
      // 16 repeats the previous length, 17 and 18 repeat a zero.
      const [value, repeats] =
        symbol < 16 ? [symbol, 1] : symbol === 16 ? [lengths[index - 1]!, read(2) + 3] : [0, symbol === 17 ? read(3) + 3 : read(7) + 11];
      lengths.fill(value, index, (index += repeats));
    }
    setCodes(literals, lengths.subarray(0, literalCount));
    setCodes(distances, lengths.subarray(literalCount));
  };

  for (let isLast = 0; isLast === 0 && next <= source.length; ) {
    isLast = read(1);
    const type = read(2);
    if (type === 0) {
      // Starts at the next whole byte with the number of bytes and its complement.
      next -= buffered >> 3;
      const start = next + 4;
      next = start + source[next]! + (source[next + 1]! << 8);
      target.set(source.subarray(start, next), end);
      end += next - start;
      buffer = buffered = 0;
      continue;
    }
    if (type === 2) readTables();
    else {
      setCodes(literals, new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280));
      setCodes(distances, new Uint8Array(30).fill(5));
    }
    for (let symbol; end <= length && (symbol = readSymbol(literals)) !== END_OF_BLOCK; ) {
      if (symbol < END_OF_BLOCK) {
        target[end++] = symbol;
        continue;
      }
      const stop = end + readNumber(matches, symbol - 257);
      let from = end - readNumber(offsets, readSymbol(distances));
      while (end < stop) target[end++] = target[from++]!;
    }
  }
  return target;
}

/** `group` symbols have the same number of extra bits. */
function baseTable(first: number, group: number): BaseTable {
  const bits = Uint8Array.from({ length: 30 }, (_, symbol) => Math.max(Math.floor(symbol / group) - 1, 0));
  let next = first;
  return { bits, base: Uint16Array.from(bits, (count) => (next += 1 << count) - (1 << count)) };
}

/**
 * Sets the symbol for each next 15 bits, with the length of its code in the low 4 bits. `lengths` has the length of each symbol's code, and
 * 0 for a symbol without one. Codes of the same length follow each other.
 */
function setCodes(table: Uint16Array, lengths: Uint8Array): void {
  let start = 0;
  for (let length = 1; length <= MAX_BITS; length += 1) {
    for (let symbol = -1; (symbol = lengths.indexOf(length, symbol + 1)) >= 0; ) {
      table.fill((symbol << 4) | length, start, (start += 1 << (MAX_BITS - length)));
    }
  }
}

/** The bits of a byte in reverse order. */
function reverse(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit += 1) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
}
