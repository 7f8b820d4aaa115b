// Draws one LED board as it glows: glow(canvas, board), with a board of /state. Draws only; asks nobody. Needs lamps.js for
// number boards and line displays (board.kind "digits" and "line"); all others are strips of dots.
// board.lit: a row for each row of dots, a letter for each dot (r, g, y, or . for dark); board.columns: its width in 8 dots.
// A text wider than the board runs by itself. Call it again with the newest board at any time.
'use strict';

(() => {
  const PITCH = 8, FRAME = 14, SPEED = 40;  // canvas pixels a dot, of the frame; dots a second
  const LIGHT = {
    r: ['255,52,28', '255,196,170'],
    g: ['40,255,70', '205,255,190'],
    y: ['255,176,16', '255,240,170'],
  };
  const sprites = {};

  function sprite(color) {
    if (sprites[color]) return sprites[color];
    const size = PITCH * 4, half = size / 2;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = size;
    const pen = canvas.getContext('2d');
    const [rgb, heart] = LIGHT[color];
    const halo = pen.createRadialGradient(half, half, 0, half, half, half);
    halo.addColorStop(0, `rgba(${rgb},0.40)`);
    halo.addColorStop(0.3, `rgba(${rgb},0.15)`);
    halo.addColorStop(1, `rgba(${rgb},0)`);
    pen.fillStyle = halo;
    pen.fillRect(0, 0, size, size);
    const lamp = pen.createRadialGradient(half - 0.6, half - 0.6, 0, half, half, PITCH * 0.42);
    lamp.addColorStop(0, `rgb(${heart})`);
    lamp.addColorStop(0.5, `rgb(${rgb})`);
    lamp.addColorStop(1, `rgba(${rgb},0.85)`);
    pen.fillStyle = lamp;
    pen.beginPath();
    pen.arc(half, half, PITCH * 0.42, 0, 7);
    pen.fill();
    sprites[color] = canvas;
    return canvas;
  }

  function housing(width, height) {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext('2d');
    const metal = pen.createLinearGradient(0, 0, 0, height);
    metal.addColorStop(0, '#3d4046');
    metal.addColorStop(0.08, '#24262a');
    metal.addColorStop(0.92, '#191a1d');
    metal.addColorStop(1, '#0c0d0f');
    pen.fillStyle = metal;
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = '#070606';
    pen.fillRect(FRAME - 5, FRAME - 5, width - 2 * FRAME + 10, height - 2 * FRAME + 10);
    pen.fillStyle = '#1d1514';
    for (let y = FRAME + PITCH / 2; y < height - FRAME; y += PITCH) {
      for (let x = FRAME + PITCH / 2; x < width - FRAME; x += PITCH) {
        pen.beginPath();
        pen.arc(x, y, PITCH * 0.36, 0, 7);
        pen.fill();
      }
    }
    return canvas;
  }

  function draw(canvas, board, moved) {
    const dots = board.columns * 8, rows = board.lit.length, width = dots * PITCH + 2 * FRAME, height = rows * PITCH + 2 * FRAME;
    if (canvas.width !== width || canvas.height !== height || !canvas.glowHousing) {
      canvas.width = width;
      canvas.height = height;
      canvas.glowHousing = housing(width, height);
    }
    const pen = canvas.getContext('2d');
    pen.globalCompositeOperation = 'source-over';
    pen.drawImage(canvas.glowHousing, 0, 0);
    pen.globalCompositeOperation = 'lighter';
    const long = board.lit[0].length, run = long > dots ? long + 16 : 0;  // two characters of dark behind a running text
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < dots; x++) {
        const color = board.lit[y][run ? (x + moved) % run : x];
        if (color in LIGHT) {
          pen.drawImage(sprite(color), FRAME + (x - 1.5) * PITCH, FRAME + (y - 1.5) * PITCH);
        }
      }
    }
  }

  function glow(canvas, board) {
    if (board.kind === 'digits') return lamps.segments(canvas, board.text, {places: Math.min(6, board.columns)});
    if (board.kind === 'line') return lamps.letters(canvas, board.text.split('\n'), {bright: board.bright});
    const key = board.columns + board.lit.join('');
    if (canvas.glowKey === key) return;
    canvas.glowKey = key;
    cancelAnimationFrame(canvas.glowFrame);
    const begun = performance.now();
    let shown = -1;
    const step = (now) => {
      const moved = Math.floor(Math.max(0, now - begun - 800) / 1000 * SPEED);
      if (moved !== shown) { shown = moved; draw(canvas, board, moved); }
      canvas.glowFrame = requestAnimationFrame(step);
    };
    if (board.lit[0].length > board.columns * 8) step(begun);
    else draw(canvas, board, 0);
  }

  window.glow = glow;
})();
