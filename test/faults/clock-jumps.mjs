// A wall clock that jumps an hour ahead or back each time somebody looks at it: loaded before the program.

const { now } = Date
let looks = 0
Date.now = () => now() + (looks++ % 2 === 0 ? 3_600_000 : -3_600_000)
