"""How the drawn diagrams look: the paper, the words and the grid, on light and on dark pages."""

STYLE = """
  .back { fill: #fff; }
  text { fill: #1f2937; font-size: 13px; text-anchor: middle; }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 12px; fill: #4b5563; }
  .start { text-anchor: start; }
  .end { text-anchor: end; }
  .grid { stroke: #d1d5db; stroke-width: 1; }
  .ideal { stroke: #6b7280; stroke-width: 1.5; stroke-dasharray: 6 4; }
  @media (prefers-color-scheme: dark) {
    .back { fill: #1b1f27; }
    text { fill: #e5e7eb; }
    .small { fill: #b6bcc6; }
    .grid { stroke: #3b4252; }
    .ideal { stroke: #9ca3af; }
  }
"""
