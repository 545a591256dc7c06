/**
 * The fields of one line of CSV (RFC 4180 without line breaks inside a field), or undefined where its quotes do not
 * match. Space around an unquoted field is not part of it.
 */
export function csvFields(line: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(',').map((field) => field.trim());
  const fields: string[] = [];
  for (let at = 0; ; ) {
    FIELD.lastIndex = at;
    const match = FIELD.exec(line);
    if (match === null) return undefined;
    const [whole, quoted, plain = ''] = match;
    fields.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    at += whole.length;
    if (at === line.length) return fields;
    at++; // the comma
  }
}

const FIELD = /(?: *"((?:[^"]|"")*)" *|([^",]*))(?=,|$)/y;
