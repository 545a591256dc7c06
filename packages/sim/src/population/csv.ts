/**
 * The fields of one line of CSV (RFC 4180 without line breaks inside a field), or undefined where its quotes do not
 * match. Space around an unquoted field is not part of it.
 */
export function csvFields(line: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(',').map((field) => field.trim());
  const fields = quotedFields(line);
  return typeof fields === 'number' ? undefined : fields.map(({ text }) => text);
}

/** The column in which each field begins, from one; of a line whose quotes match. */
export function csvColumns(line: string): readonly number[] {
  const fields = quotedFields(line);
  return typeof fields === 'number' ? [] : fields.map(({ column }) => column);
}

/** The column of one field, its number from zero: where it is missing that after the line, and that of quotes that do not match. */
export function csvColumn(line: string, field: number): number {
  const fields = quotedFields(line);
  return typeof fields === 'number' ? fields : (fields[field]?.column ?? line.length + 1);
}

interface Field {
  readonly text: string;
  readonly column: number;
}

/** A column where the quotes of the field that begins there do not match. */
function quotedFields(line: string): readonly Field[] | number {
  const fields: Field[] = [];
  for (let at = 0; ; ) {
    FIELD.lastIndex = at;
    const match = FIELD.exec(line);
    if (match === null) return at + 1;
    const [whole, quoted, plain = ''] = match;
    fields.push({
      text: quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'),
      column: at + whole.search(/[^ ]|$/) + 1,
    });
    at += whole.length;
    if (at === line.length) return fields;
    at++; // the comma
  }
}

const FIELD = /(?: *"((?:[^"]|"")*)" *|([^",]*))(?=,|$)/y;

/** A number as people write it in a table. */
export function csvNumber(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Spreadsheets begin a file with a byte-order mark. */
export function withoutMark(line: string): string {
  return line.replace(/^\uFEFF/, '');
}
