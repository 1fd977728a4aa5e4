import { readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compactSvg, plotScript } from '../../bench/growth/plot.mjs'

const point = (wall: number[], cpu: number[], peak: number[]) => ({ wall_s: wall, cpu_s: cpu, peak_mb: peak })
const results = {
  workloads: [
    { name: 'urls', entries: { 1000: point([3, 1, 2], [4, 6, 5], [90, 110, 100]), 10_000: point([9], [20], [130]) } },
    { name: 'hosts', entries: { 10: point([8], [0.7], [140]), 100: point([8], [7], [150]) } },
  ],
}

describe('the plot of growth', () => {
  it('shows the median of each size, from the least to the most', () => {
    expect(plotScript(results)).toContain(
      '$urls << END\n1000 2 1 3 5 4 6 100 90 110\n10000 9 9 9 20 20 20 130 130 130\nEND\n',
    )
  })

  it('has room for all points, on the same axis for URLs and hosts', () => {
    const script = plotScript(results)
    expect(script.match(/^set yrange .*/gm)).toEqual(['set yrange [0.1:100]', 'set yrange [0:200]'])
  })

  it('is drawn with its own background, in less than 30 KB', () => {
    const path = new URL('../../bench/growth.svg', import.meta.url)
    expect(statSync(path).size).toBeLessThan(30_000)
    expect(readFileSync(path, 'utf8')).toMatch(/<rect x="0" y="0" width="860" height="560" fill="#ffffff"\/>/)
  })

  it('loses nothing that is seen when it is made smaller', () => {
    const svg = [
      '<svg ',
      ' viewBox="0 0 1 1">',
      '<title>Gnuplot</title>',
      '<desc>Produced by gnuplot</desc>',
      '<g fill="none" color="black" stroke-linecap="butt" stroke-linejoin="miter">',
      '</g>',
      '<g fill="none" font-family="Arial">',
      `<text><tspan font-family="Arial" >wall time</tspan></text><use xlink:href='#gpPt6'/>`,
      '</g>',
      '</svg>',
    ].join('\n')
    expect(compactSvg(svg)).toBe(
      [
        '<svg font-family="Helvetica,Arial,sans-serif"',
        'viewBox="0 0 1 1">',
        '<title>What poolfetch costs as work grows</title>',
        '<g fill="none">',
        `<text>wall time</text><use xlink:href='#gpPt6'/>`,
        '</g>',
        '</svg>',
      ].join('\n'),
    )
  })
})
