import type { Curve, Panel, Series } from '../curves/curve.ts'
import { createLogScale, formatTick, type LogScale } from './scale.ts'

const frame = { width: 300, height: 200, left: 52, top: 56, right: 18, bottom: 44 }
const panelWidth = frame.left + frame.width + frame.right
const height = frame.top + frame.height + frame.bottom

/** Readable on light and dark pages alike. */
const style = `
  text { font: 12px system-ui, sans-serif; fill: #444 }
  .title { font-weight: 600; font-size: 13px; fill: #222 }
  .axis { stroke: #bbb; stroke-width: 1; fill: none }
  .grid { stroke: #e6e6e6; stroke-width: 1 }
  .line { fill: none; stroke-width: 2 }
  .s0 { stroke: #1f6feb; fill: #1f6feb } .s1 { stroke: #d9822b; fill: #d9822b }
  .s2 { stroke: #2e9e5b; fill: #2e9e5b } .s3 { stroke: #a04bc4; fill: #a04bc4 }
  polyline.line { fill: none } text.s0, text.s1, text.s2, text.s3 { stroke: none }
  .page { fill: #fff }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #aab } .title { fill: #dde } .grid { stroke: #222a35 } .axis { stroke: #445 }
  }
`

/** Draws the panels of a curve side by side, both axes logarithmic: straight and rising at 45° is linear, level is flat. */
export const drawCurve = ({ title, over, panels }: Curve): string => {
  const width = panelWidth * panels.length
  const drawn = panels.map(
    (panel, index) => `<g transform="translate(${index * panelWidth} 0)">${drawPanel(panel, over)}</g>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}

const drawPanel = (panel: Panel, over: string): string => {
  const points = panel.series.flatMap((series) => series.points)
  const across = createLogScale(
    points.map(({ x }) => x),
    frame.width,
  )
  const up = createLogScale(
    points.map(({ y }) => y),
    frame.height,
  )
  return [
    `<text class="title" x="${frame.left}" y="20">${escapeText(`${panel.title}, ${panel.unit}`)}</text>`,
    ...drawAxes(across, up, over),
    ...panel.series.map((series, index) => drawSeries(series, index, { across, up })),
  ].join('\n')
}

const bottom = frame.top + frame.height

const drawAxes = (across: LogScale, up: LogScale, over: string): readonly string[] => [
  ...up.ticks.map((tick) => {
    const y = round(bottom - up.place(tick))
    return `<line class="grid" x1="${frame.left}" x2="${frame.left + frame.width}" y1="${y}" y2="${y}"/><text x="${frame.left - 6}" y="${y + 4}" text-anchor="end">${formatTick(tick)}</text>`
  }),
  ...across.ticks.map((tick) => {
    const x = round(frame.left + across.place(tick))
    return `<text x="${x}" y="${bottom + 17}" text-anchor="middle">${formatTick(tick)}</text>`
  }),
  `<path class="axis" d="M${frame.left} ${frame.top}V${bottom}H${frame.left + frame.width}"/>`,
  `<text x="${frame.left + frame.width / 2}" y="${bottom + 36}" text-anchor="middle">${escapeText(over)}</text>`,
]

const drawSeries = ({ name, points }: Series, index: number, scales: { across: LogScale; up: LogScale }): string => {
  const places = points.map(({ x, y }) => ({
    x: round(frame.left + scales.across.place(x)),
    y: round(bottom - scales.up.place(y)),
  }))
  const color = `s${index % 4}`
  // Two names in a row, so that four fit above the frame.
  const [legendX, legendY] = [frame.left + (index % 2) * 150, 36 + Math.floor(index / 2) * 15]
  return [
    `<polyline class="line ${color}" points="${places.map(({ x, y }) => `${x},${y}`).join(' ')}"/>`,
    ...places.map(({ x, y }) => `<circle class="${color}" cx="${x}" cy="${y}" r="2.5"/>`),
    `<text class="${color}" x="${legendX}" y="${legendY}">${escapeText(name)}</text>`,
  ].join('')
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10

const escapeText = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`)
