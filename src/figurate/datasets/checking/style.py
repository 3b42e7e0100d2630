"""The look of the report's page: light and dark, wide and on a phone, nothing fetched from anywhere."""

from __future__ import annotations

__all__ = ["STYLE"]

# Blue and orange are Okabe and Ito's, told apart with any colour vision.
STYLE = """\
:root {
  color-scheme: light dark;
  --page: #f6f6f4; --card: #ffffff; --ink: #1d1d1f; --soft: #66666b; --line: #e3e3de; --tile: #ececea;
  --train: #0072b2; --test: #e69f00; --error: #b3261e; --warning: #9a5b00; --note: #0062a3; --passed: #1c7c4a;
  --error-soft: #fbe9e7; --warning-soft: #fff1da; --note-soft: #e4f1fa; --passed-soft: #e3f4ea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #141416; --card: #1e1e21; --ink: #ececee; --soft: #a0a0a8; --line: #333338; --tile: #2a2a2e;
    --train: #56b4e9; --test: #f0b429; --error: #ff8a80; --warning: #ffc266; --note: #7cc4f5; --passed: #7ad3a0;
    --error-soft: #3d1f1d; --warning-soft: #3a2b12; --note-soft: #152f42; --passed-soft: #16331f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI",
  Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
main, header, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 0; }
p { margin: .5rem 0; max-width: 48rem; }
.soft, footer, figcaption, .place { color: var(--soft); }
.chips { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0 1.5rem; padding: 0; list-style: none; }
.chip { border-radius: 99px; padding: .2rem .8rem; font-size: .9rem; font-weight: 600; text-decoration: none; }
.error { color: var(--error); background: var(--error-soft); }
.warning { color: var(--warning); background: var(--warning-soft); }
.note { color: var(--note); background: var(--note-soft); }
.passed { color: var(--passed); background: var(--passed-soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.1rem 1.25rem;
  margin: 0 0 1rem; }
.head { display: flex; align-items: center; gap: .6rem; }
.head h2 { flex: 1; }
.head .number { font-size: 1.15rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.sheet { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: .9rem; }
.group { display: flex; flex-wrap: wrap; gap: .5rem; padding: .5rem; border: 1px solid var(--line);
  border-radius: 10px; }
figure { margin: 0; width: 6.6rem; font-size: .75rem; line-height: 1.3; }
.tile { display: flex; align-items: center; justify-content: center; width: 100%; aspect-ratio: 1;
  background: var(--tile); border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.tile img { width: 100%; height: 100%; object-fit: contain; image-rendering: pixelated; }
.tile .none { font-size: 2rem; color: var(--soft); }
figcaption { padding-top: .3rem; }
figcaption b { color: var(--ink); font-weight: 650; }
figcaption span { display: block; }
.files { margin: .8rem 0 0; padding: 0; list-style: none; font-size: .9rem; }
.files li { padding: .35rem 0; border-top: 1px solid var(--line); }
.files code { font: .85rem/1.4 ui-monospace, "Cascadia Code", Menlo, monospace; color: var(--ink); }
.classes { margin-top: .9rem; display: grid; gap: .55rem; }
.class { display: grid; grid-template-columns: minmax(3rem, 8rem) minmax(8rem, 1fr) 24.2rem; gap: .15rem .9rem;
  align-items: center; }
.class .name { font-weight: 650; }
.bar { display: grid; grid-template-columns: 1fr 3.5rem; align-items: center; gap: .5rem; font-size: .8rem;
  font-variant-numeric: tabular-nums; line-height: 1.2; }
.bar div { height: .55rem; border-radius: 3px; min-width: 1px; }
.train div { background: var(--train); } .test div { background: var(--test); }
.strip { display: flex; gap: 2px; }
.strip img { width: 1.9rem; height: 1.9rem; image-rendering: pixelated; object-fit: contain; background: var(--tile);
  border-radius: 3px; }
.key { display: flex; gap: 1.2rem; font-size: .85rem; margin-top: .6rem; }
.key i { display: inline-block; width: .7rem; height: .7rem; border-radius: 3px; margin-right: .4rem; }
ul.plain { margin: .5rem 0 0; padding-left: 1.1rem; }
footer { padding-top: .5rem; padding-bottom: 2.5rem; font-size: .85rem; }
@media (max-width: 44rem) {
  .class { grid-template-columns: 3.5rem 1fr; }
  .strip { grid-column: 1 / -1; overflow: hidden; flex-wrap: wrap; height: 1.9rem; }
  figure { width: 5.4rem; }
  h1 { font-size: 1.5rem; }
}
@media print { section { break-inside: avoid; } body { background: white; } }
"""
