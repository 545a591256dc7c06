import { COLOURS } from './colours.js';

type Scheme = (typeof COLOURS)['light'];

function variables({ marks, ...colours }: Scheme): string {
  return [
    ...Object.entries(colours).map(([name, colour]) => `--${name}:${colour};`),
    ...marks.map((colour, i) => `--c${i}:${colour};`),
  ].join('');
}

const marks = COLOURS.light.marks.map((_, i) => `.c${i}{--mark:var(--c${i})}`).join('\n');

/**
 * Everything about looks. Fonts are those that a system has of its own and that are as wide as `svg/letters.ts` says.
 * Dark is for screens only, so that print is dark on white.
 */
export const STYLE = `
:root{color-scheme:light dark;${variables(COLOURS.light)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(COLOURS.dark)}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:53rem;padding:2.5rem 1.5rem 4rem;background:var(--page);color:var(--text);
font:1rem/1.5 -apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;overflow-wrap:break-word}
h1{margin:0 0 1rem;font-size:1.05rem;font-weight:600;color:var(--quiet)}
h2{margin:0 0 .25rem;font-size:1.3rem;line-height:1.3}
p{margin:.5rem 0}
a{color:var(--link)}
.lead{font-size:1.1rem}
.lead:first-of-type{font-size:1.6rem;line-height:1.3;font-weight:600;text-wrap:pretty}
.sentence{margin:0 0 1.25rem;max-width:44rem;text-wrap:balance}
.note{font-size:.875rem;color:var(--quiet);max-width:75ch}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:.75rem 1.5rem;margin:2rem 0 0;padding:1rem 1.25rem;
border-radius:.5rem;background:var(--panel)}
dt{font-size:.8125rem;color:var(--quiet)}
dd{margin:0;font-variant-numeric:tabular-nums}
nav{margin:2rem 0 0}
nav ol{columns:2 16rem;margin:0;padding-left:1.5rem}
section,footer{margin-top:3rem;padding-top:2rem;border-top:1px solid var(--rule)}
footer h2{font-size:1rem}
pre{margin:.5rem 0 0;padding:.75rem 1rem;border-radius:.5rem;background:var(--panel);overflow-x:auto;
font:.875rem/1.5 ui-monospace,SFMono-Regular,Consolas,"Liberation Mono",monospace}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.chart{margin:0 0 1rem}
svg{display:block;width:100%;height:auto;overflow:visible}
svg.narrow{max-width:30rem}
svg.wide{display:none}
@media (min-width:44rem),print{svg.wide{display:block}svg.narrow{display:none}}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem 0 .35rem 1.25rem;text-align:right;vertical-align:baseline;white-space:nowrap;border-bottom:1px solid var(--rule)}
th:first-child,td:first-child{padding-left:0;text-align:left;position:sticky;left:0;background:var(--page)}
thead th{font-weight:400;color:var(--quiet);vertical-align:bottom;white-space:normal;text-wrap:balance;min-width:4.5rem}
th.read,td.read{text-align:left}
tbody th{font-weight:400}
.long{min-width:12rem;max-width:20rem;white-space:normal;overflow-wrap:anywhere}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
details{margin:.75rem 0}
summary{cursor:pointer;font-size:.875rem;color:var(--link)}
svg text{font-size:13px;fill:var(--text)}
svg.narrow text{font-size:12px}
svg .tick{fill:var(--quiet);font-variant-numeric:tabular-nums}
svg .axis,svg .quiet{fill:var(--quiet)}
svg .mid{text-anchor:middle}
svg .end{text-anchor:end}
svg .halo{paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round}
.grid{stroke:var(--rule)}
${marks}
.mark{fill:var(--mark);stroke:var(--page);stroke-width:1.5}
.mark.hollow{fill:var(--page);stroke:var(--mark);stroke-width:2}
.line,.bar,.whisker{fill:none;stroke:var(--mark);stroke-width:2;stroke-linejoin:round}
.whisker{stroke-width:1.5}
.band{fill:var(--mark);fill-opacity:.16}
.leader{fill:none;stroke:var(--mark,var(--quiet))}
.level{stroke:var(--truth);stroke-width:1.5;stroke-dasharray:2 4;stroke-linecap:round}
.truth{stroke:var(--truth);stroke-width:3;stroke-linecap:round}
.front{fill:none;stroke:var(--quiet);stroke-width:1.5}
/* Names stay in sight while one scrolls: they must leave room for the rest. */
@media screen and (max-width:44rem){
th.long:first-child,th.middle:first-child{min-width:8.5rem;max-width:8.5rem;white-space:normal;overflow-wrap:anywhere}
}
@media print{
@page{margin:15mm}
body{max-width:none;padding:0;font-size:10.5pt}
section{margin-top:1.5rem;padding-top:1rem}
h2,.sentence{break-after:avoid}
.chart,tr,pre,dl{break-inside:avoid}
thead{display:table-header-group}
.scroll{overflow:visible}
table{font-size:8.5pt}
th,td{white-space:normal;padding-left:.6rem}
th:first-child,td:first-child{position:static}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--rule)}
dl{border:1px solid var(--rule)}
details:not([open]),nav{display:none}
}
`;
