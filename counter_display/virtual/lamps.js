// Draws what lights up on number boards, line displays and pads: lamps.segments(canvas, text, look), lamps.letters(canvas, lines, look).
// Draws only; asks nobody.
'use strict';

(() => {
  // Seven segments: a top, b c right, d bottom, e f left, g middle.
  const SEGMENTS = {
    0: 'abcdef', 1: 'bc', 2: 'abdeg', 3: 'abcdg', 4: 'bcfg', 5: 'acdfg', 6: 'acdefg', 7: 'abc', 8: 'abcdefg', 9: 'abcdfg',
    A: 'abcefg', B: 'cdefg', C: 'adef', D: 'bcdeg', E: 'adefg', F: 'aefg', G: 'acdef', H: 'bcefg', I: 'ef', J: 'bcde', L: 'def',
    N: 'ceg', O: 'cdeg', P: 'abefg', Q: 'abcfg', R: 'eg', S: 'acdfg', T: 'defg', U: 'bcdef', Y: 'bcdfg', '-': 'g', '_': 'd', ' ': '',
  };
  // Letters of 5 by 7 dots from space to ~: five columns each, the lowest bit on top.
  const LETTERS = [
    '0000000000', '00005f0000', '0007000700', '147f147f14', '242a7f2a12', '2313086462', '3649562050', '0008070300', '001c224100', '0041221c00',
    '2a1c7f1c2a', '08083e0808', '0050300000', '0808080808', '0000606000', '2010080402', '3e5149453e', '00427f4000', '7249494946', '2141494d33',
    '1814127f10', '2745454539', '3c4a494931', '4121110907', '3649494936', '464949291e', '0000140000', '0040340000', '0008142241', '1414141414',
    '0041221408', '0201590906', '3e415d594e', '7c1211127c', '7f49494936', '3e41414122', '7f4141413e', '7f49494941', '7f09090901', '3e41415173',
    '7f0808087f', '00417f4100', '2040413f01', '7f08142241', '7f40404040', '7f021c027f', '7f0408107f', '3e4141413e', '7f09090906', '3e4151215e',
    '7f09192946', '2649494932', '03017f0103', '3f4040403f', '1f2040201f', '3f4038403f', '6314081463', '0304780403', '6159494d43', '007f414141',
    '0204081020', '004141417f', '0402010204', '4040404040', '0003070800', '2054547840', '7f28444438', '3844444428', '384444287f', '3854545418',
    '00087e0902', '085454543c', '7f08040478', '00447d4000', '2040403d00', '7f10284400', '00417f4000', '7c04780478', '7c08040478', '3844444438',
    '7c14141408', '081414147c', '7c08040408', '4854545424', '04043f4424', '3c4040207c', '1c2040201c', '3c4030403c', '4428102844', '0c5050503c',
    '4464544c44', '0008364100', '0000770000', '0041360800', '0201020402',
  ];
  const W = 44, H = 80, T = 9, GAP = 18, EDGE = 22;  // a digit, its bars, what is between and around

  function housing(pen, width, height, glass) {
    const metal = pen.createLinearGradient(0, 0, 0, height);
    [[0, '#3d4046'], [0.08, '#24262a'], [0.92, '#191a1d'], [1, '#0c0d0f']].forEach(([at, color]) => { metal.addColorStop(at, color); });
    pen.fillStyle = metal;
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = glass;
    pen.fillRect(8, 8, width - 16, height - 16);
  }

  function bar(pen, name, x, y) {
    const half = H / 2, upright = 'bcef'.includes(name);
    const [left, top] = {a: [0, 0], b: [W, 0], c: [W, half], d: [0, H], e: [0, half], f: [0, 0], g: [0, half]}[name];
    const long = (upright ? half : W) - 5, s = T / 2;
    pen.save();
    pen.translate(x + left + (H - top) * 0.08, y + top);  // digits lean
    pen.transform(1, 0, upright ? -0.08 : 0, 1, 0, 0);
    pen.translate(upright ? 0 : 2.5, upright ? 2.5 : 0);
    pen.beginPath();
    const points = upright ? [[0, 0], [s, s], [s, long - s], [0, long], [-s, long - s], [-s, s]] : [[0, 0], [s, -s], [long - s, -s], [long, 0], [long - s, s], [s, s]];
    points.forEach(([px, py], i) => { if (i) pen.lineTo(px, py); else pen.moveTo(px, py); });
    pen.fill();
    pen.restore();
  }

  function segments(canvas, text, {places = 6, color = '#ff3b24', dark = '#1c0f0e', glass = '#0a0606', framed = true} = {}) {
    const key = `${places}|${text}|${color}`;
    if (canvas.lampsKey === key) return;
    canvas.lampsKey = key;
    canvas.width = places * (W + GAP) - GAP + 2 * EDGE + 8;
    canvas.height = H + 2 * EDGE;
    const pen = canvas.getContext('2d');
    if (framed) housing(pen, canvas.width, canvas.height, glass);
    else { pen.fillStyle = glass; pen.fillRect(0, 0, canvas.width, canvas.height); }
    const digits = text.match(/[^.]\.?|\./g) || [];  // a point belongs to the digit before it
    for (let place = 0; place < places; place++) {
      const [digit, point] = digits[place] || ' ', x = EDGE + place * (W + GAP);
      const lit = digit === '.' ? '' : SEGMENTS[digit.toUpperCase()] ?? 'g';
      for (const name of 'abcdefg') {
        const on = lit.includes(name);
        pen.fillStyle = on ? color : dark;
        pen.shadowColor = color;
        pen.shadowBlur = on ? 14 : 0;
        bar(pen, name, x, EDGE);
      }
      if (point || digit === '.') {
        pen.fillStyle = color;
        pen.shadowBlur = 14;
        pen.beginPath();
        pen.arc(x + W + GAP / 2 - 1, EDGE + H, T * 0.6, 0, 7);
        pen.fill();
      }
    }
    pen.shadowBlur = 0;
  }

  function letters(canvas, lines, {places = 20, bright = 100} = {}) {
    const key = `${bright}|${lines.join('\n')}`;
    if (canvas.lampsKey === key) return;
    canvas.lampsKey = key;
    const dot = 6, cell = 6 * dot, high = 9 * dot;
    canvas.width = places * cell + 2 * EDGE;
    canvas.height = 2 * high + 2 * EDGE;
    const pen = canvas.getContext('2d');
    housing(pen, canvas.width, canvas.height, '#07100f');
    for (let row = 0; row < 2; row++) {
      for (let place = 0; place < places; place++) {
        const columns = LETTERS[(lines[row] || '').padEnd(places).charCodeAt(place) - 32] || LETTERS[31];
        for (let x = 0; x < 5; x++) {
          const bits = parseInt(columns.slice(2 * x, 2 * x + 2), 16);
          for (let y = 0; y < 7; y++) {
            const on = bits >> y & 1;
            pen.fillStyle = on ? '#5dffd8' : '#0d1d1b';
            pen.globalAlpha = on ? 0.35 + 0.65 * bright / 100 : 1;
            pen.shadowColor = '#19e6b4';
            pen.shadowBlur = on ? 8 : 0;
            pen.fillRect(EDGE + place * cell + x * dot, EDGE + row * high + y * dot + dot, dot - 1, dot - 1);
          }
        }
      }
    }
    pen.globalAlpha = 1;
    pen.shadowBlur = 0;
  }

  window.lamps = {segments, letters};
})();
