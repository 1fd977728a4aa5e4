// What a run is held against: a figure has a goal, is met or not, and becomes a row of the table.

/**
 * @param {object} figure
 * @param {string} figure.name
 * @param {number | null} [figure.bound] what it is compared to
 * @param {number} figure.measured
 * @param {string} [figure.unit] of both
 * @param {number} [figure.atMost] the goal for the ratio of the two, or for what was measured where there is no bound
 * @param {number} [figure.atLeast] likewise
 * @param {boolean} [figure.isNoisy] it depends on what else the machine does
 */
export function figure({ name, bound = null, measured, unit = '', atMost, atLeast, isNoisy = false, digits = 2 }) {
  const value = bound === null ? measured : measured / bound
  const isMet = atMost === undefined ? value >= atLeast : value <= atMost
  const ratio = bound === null ? null : value
  const goal = atMost === undefined ? `>= ${atLeast}` : `<= ${atMost}`
  return { name, bound, measured, unit, digits, ratio, goal, isMet, isNoisy }
}

export function figureTable(figures) {
  return [['scenario', 'bound', 'measured', 'ratio or share', 'goal', 'met', 'noise-sensitive'], ...figures.map(row)]
}

function row({ name, bound, measured, unit, digits, ratio, goal, isMet, isNoisy }) {
  const shown = (value) => `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`
  return [
    name,
    bound === null ? '-' : shown(bound),
    shown(measured),
    ratio === null ? '-' : ratio.toFixed(3),
    goal,
    isMet ? 'yes' : 'NO',
    isNoisy ? 'yes' : '',
  ]
}
