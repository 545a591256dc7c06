/** Planes of a column's sum, one for each power of two; as many rows as they hold are added up before they are spilled. */
const PLANES = 10;
const ROWS = 2 ** PLANES - 8;
const FEW = 32;

/**
 * Adds, for each bit of a row, the number of rows in which it is set. Rows lie end to end, bit i of a row is bit i & 7 of its
 * byte i >> 3.
 *
 * 32 columns at once, eight rows at a time: bit j of a column's sum stands in plane j. Eight rows go into the lowest three
 * planes by seven carry-save adders, and leave one carry that ripples through the others (Harley and Seal; Warren 2013,
 * "Hacker's Delight", section 5-1). All planes stay in registers until they are full.
 */
export function addColumns(bytes: Uint8Array, rowBytes: number, counts: Float64Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rows = bytes.length / rowBytes;
  const planes = new Int32Array(PLANES);
  for (let first = 0; first < rows; first += ROWS) {
    const last = Math.min(rows, first + ROWS);
    // What is no multiple of eight rows is added bit by bit, and so are rows too few to be worth a spill.
    const whole = rowBytes < 4 || last - first < FEW ? first : first + ((last - first) & ~7);
    for (let byte = 0; byte < rowBytes && whole > first; byte += 4) {
      // The last word of a row may overlap the one before.
      const at = Math.min(byte, rowBytes - 4);
      sumRows(view, first, whole, rowBytes, at, planes);
      spill(planes, counts, 8 * at, 8 * (byte - at));
    }
    for (let row = whole; row < last; row++) addBits(bytes, row * rowBytes, rowBytes, counts);
  }
}

/** Sums a word of each row, a multiple of eight of them, into the planes. */
function sumRows(
  view: DataView,
  first: number,
  last: number,
  rowBytes: number,
  byte: number,
  planes: Int32Array,
): void {
  let ones = 0;
  let twos = 0;
  let fours = 0;
  let [p3, p4, p5, p6, p7, p8, p9] = [0, 0, 0, 0, 0, 0, 0];
  for (let row = first, at = first * rowBytes + byte; row < last; row += 8, at += 8 * rowBytes) {
    // Each adder takes three words of a weight to one of it, the sum, and one of twice as much, the carry.
    let a = view.getInt32(at, true);
    let b = view.getInt32(at + rowBytes, true);
    let odd = ones ^ a;
    const twosA = (ones & a) | (odd & b);
    ones = odd ^ b;
    a = view.getInt32(at + 2 * rowBytes, true);
    b = view.getInt32(at + 3 * rowBytes, true);
    odd = ones ^ a;
    const twosB = (ones & a) | (odd & b);
    ones = odd ^ b;
    odd = twos ^ twosA;
    const foursA = (twos & twosA) | (odd & twosB);
    twos = odd ^ twosB;
    a = view.getInt32(at + 4 * rowBytes, true);
    b = view.getInt32(at + 5 * rowBytes, true);
    odd = ones ^ a;
    const twosC = (ones & a) | (odd & b);
    ones = odd ^ b;
    a = view.getInt32(at + 6 * rowBytes, true);
    b = view.getInt32(at + 7 * rowBytes, true);
    odd = ones ^ a;
    const twosD = (ones & a) | (odd & b);
    ones = odd ^ b;
    odd = twos ^ twosC;
    const foursB = (twos & twosC) | (odd & twosD);
    twos = odd ^ twosD;
    odd = fours ^ foursA;
    let carry = (fours & foursA) | (odd & foursB);
    fours = odd ^ foursB;
    odd = p3 & carry;
    p3 ^= carry;
    carry = p4 & odd;
    p4 ^= odd;
    odd = p5 & carry;
    p5 ^= carry;
    carry = p6 & odd;
    p6 ^= odd;
    odd = p7 & carry;
    p7 ^= carry;
    carry = p8 & odd;
    p8 ^= odd;
    p9 ^= carry;
  }
  planes.set([ones, twos, fours, p3, p4, p5, p6, p7, p8, p9]);
}

/** Adds the sums of 32 columns to their counters: `column` is that of lane 0, `from` the first lane that is. */
function spill(planes: Int32Array, counts: Float64Array, column: number, from: number): void {
  const end = Math.min(32, counts.length - column);
  for (let lane = from; lane < end; lane++) {
    let sum = 0;
    for (let plane = PLANES - 1; plane >= 0; plane--) sum = 2 * sum + (((planes[plane] as number) >>> lane) & 1);
    counts[column + lane] = (counts[column + lane] as number) + sum;
  }
}

/** Adds the set bits of one row, which begins at byte `row`, to counters of which `first` is that of its first column. */
export function addBits(bytes: Uint8Array, row: number, rowBytes: number, counts: Float64Array, first = 0): void {
  for (let byte = 0; byte < rowBytes; byte++) {
    for (let rest = bytes[row + byte] as number; rest !== 0; rest &= rest - 1) {
      const at = first + 8 * byte + 31 - Math.clz32(rest & -rest);
      counts[at] = (counts[at] as number) + 1;
    }
  }
}
