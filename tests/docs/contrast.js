// The texts whose contrast with their background is below 3 to 1, the least that large text needs (WCAG 2.2, 1.4.3).
() => {
  const read = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const [r, g, b, alpha = 1] = read(getComputedStyle(each).backgroundColor);
      if (alpha > 0.5) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.body.querySelectorAll("*:not(script, style, .headerlink)")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!text.length || !element.offsetParent) continue;
    const [r, g, b, alpha = 1] = read(getComputedStyle(element).color);
    const back = behind(element);
    const front = [r, g, b].map((value, index) => value * alpha + back[index] * (1 - alpha));
    const [light, dark] = [luminance(front), luminance(back)].sort((one, other) => other - one);
    if ((light + 0.05) / (dark + 0.05) < 3) faint.push(`${element.tagName}: ${text[0].data.trim().slice(0, 40)}`);
  }
  return faint;
}
