interface Colours {
  readonly page: string;
  readonly text: string;
  /** Small print, numbers of axes: read as easily, only quieter. */
  readonly quiet: string;
  readonly link: string;
  /** Behind figures and commands. */
  readonly panel: string;
  /** Lines that nobody has to see. */
  readonly rule: string;
  /** What is true, what was asked for. */
  readonly truth: string;
  /** Series, told apart by people who see fewer colours, too; form and dash differ besides. */
  readonly marks: readonly string[];
}

/**
 * Text has a contrast of 4.5 at least to what is behind it, marks of 3 (WCAG 2.2, 1.4.3 and 1.4.11). Marks were
 * searched for so that any two of them are as different as can be to who sees all colours and to who lacks red, green
 * or blue; the tests measure it.
 */
export const COLOURS: { readonly light: Colours; readonly dark: Colours } = {
  light: {
    page: '#ffffff',
    text: '#1b1f24',
    quiet: '#57606a',
    link: '#0b5cad',
    panel: '#f4f6f8',
    rule: '#dfe3e8',
    truth: '#1b1f24',
    marks: ['#213cab', '#cb6e1c', '#54978d', '#9f5eda', '#583e04', '#9a3763'],
  },
  dark: {
    page: '#14181d',
    text: '#e8ebee',
    quiet: '#a4adb8',
    link: '#7cc0ff',
    panel: '#1d2229',
    rule: '#2c343d',
    truth: '#ffffff',
    marks: ['#9aacfb', '#c96f12', '#22a58f', '#8e5fbc', '#c8ab23', '#feccc5'],
  },
};
