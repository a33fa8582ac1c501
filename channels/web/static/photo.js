// Photographs are made small before they travel; drawing them anew also drops where they were taken.

const SIDES = [1600, 1200, 800, 500]; // pixels, the longer side
const LARGEST = 1_200_000; // characters of the data URL

function drawn(image, side) {
  const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.82);
}

/** How iPhones keep photographs; most browsers but Safari cannot read them. */
export function isHeic(file) {
  return /^image\/hei[cf]/.test(file.type) || /\.hei[cf]$/i.test(file.name);
}

/** → JPEG as a data URL; throws where the browser cannot read the file. */
export async function photograph(file) {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    let url;
    for (const side of SIDES) {
      url = drawn(image, side);
      if (url.length <= LARGEST) break;
    }
    return url;
  } finally {
    URL.revokeObjectURL(address);
  }
}
