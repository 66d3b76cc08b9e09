namespace SchedBench.Reporting.Pages.Html;

/// <summary>The style sheet of a report: readable on screens of any size, in the dark, and on paper. It refers to nothing outside.</summary>
internal static class ReportStyle
{
    /// <summary>The sheet.</summary>
    public const string Sheet = """
        :root {
          --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #ffffff; --shade: #f6f8fa; --link: #0550ae; --good: #1a7f37; --bad: #b42318;
          color-scheme: light dark;
        }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6edf3; --soft: #9da7b3; --line: #3d444d; --paper: #0d1117; --shade: #161b22; --link: #6cb6ff; --good: #57d364; --bad: #ff8a80; }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif;
        }
        main, header, nav, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
        header { padding-top: 2.5rem; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.35rem; margin: 2.6rem 0 .8rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
        h3 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; }
        p { margin: .5rem 0; max-width: 62rem; }
        a { color: var(--link); }
        a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        .lead { color: var(--soft); margin: 0; }
        nav ul {
          list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: .7rem 0; margin: 1rem 0 0;
          border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); font-size: .9rem;
        }
        .wide { overflow-x: auto; margin: 1rem 0 .4rem; }
        table { border-collapse: collapse; font-size: .8rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
        caption { text-align: left; font-weight: 600; padding: 0 0 .5rem; }
        th, td { padding: .22rem .45rem; text-align: left; vertical-align: top; font-weight: normal; }
        thead th { font-weight: 600; vertical-align: bottom; border-bottom: 1.5px solid var(--ink); }
        thead { border-top: 2px solid var(--ink); }
        tbody:last-of-type { border-bottom: 2px solid var(--ink); }
        tbody + tbody { border-top: 1px solid var(--line); }
        tbody tr:hover td { background: var(--shade); }
        tbody th { white-space: nowrap; }
        .number { text-align: right; white-space: nowrap; }
        thead .number { white-space: normal; }
        .plain th, .plain td { max-width: 42rem; overflow-wrap: break-word; }
        .plain tbody th { font-weight: 600; }
        sup { font-size: .75em; line-height: 0; }
        .note { color: var(--soft); font-size: .84rem; margin: .25rem 0; }
        .figures {
          display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr));
          gap: 1.4rem 1.1rem; margin: 1rem 0; align-items: start;
        }
        figure { margin: 0; break-inside: avoid; }
        figure.broad { grid-column: 1 / -1; max-width: 52rem; }
        figure svg { display: block; width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line); border-radius: 4px; }
        figcaption { font-size: .84rem; color: var(--soft); padding-top: .4rem; }
        code, pre { font: .85em/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, "Liberation Mono", monospace; }
        pre {
          background: var(--shade); border: 1px solid var(--line); border-radius: 4px; padding: .8rem 1rem;
          overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere;
        }
        .good { color: var(--good); font-weight: 600; }
        .bad { color: var(--bad); font-weight: 600; }
        .short { margin: 1rem 0 0; }
        .short + ul { margin: .2rem 0 0; padding-left: 1.2rem; }
        .alarm { border-left: 4px solid var(--bad); padding: .5rem 1rem; margin: 1rem 0; background: var(--shade); }
        .hash { overflow-wrap: anywhere; }
        footer { margin-top: 3rem; padding-bottom: 3rem; color: var(--soft); font-size: .84rem; }
        @media print {
          :root {
            --ink: #000000; --soft: #444444; --line: #bbbbbb; --paper: #ffffff; --shade: #ffffff; --link: #000000; --good: #000000; --bad: #000000;
            color-scheme: light;
          }
          body { font-size: 9.5pt; }
          nav { display: none; }
          main, header, footer { max-width: none; padding: 0; }
          h2 { break-after: avoid; margin-top: 1.4rem; }
          h3, h3 + p, caption { break-after: avoid; }
          tr { break-inside: avoid; }
          .wide { overflow: visible; }
          table { font-size: 7.5pt; }
          th, td { padding: .15rem .45rem; }
          .figures { grid-template-columns: 1fr 1fr; gap: 1rem; }
          a { text-decoration: none; }
        }
        """;
}
