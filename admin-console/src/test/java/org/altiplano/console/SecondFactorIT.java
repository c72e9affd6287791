package org.altiplano.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.MultiFormatReader;
import com.google.zxing.NotFoundException;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A user sets up a second factor, signs in with it and takes it away again, in a real Chromium. */
class SecondFactorIT {

    @RegisterExtension
    final ScriptedConsole console = new ScriptedConsole();

    @Test
    void isSetUpAskedForAtTheNextSignInAndTakenAway() throws IOException, NotFoundException {
        try (ConsoleBrowser.Visit visit = console.signedIn("/playground")) {
            Page page = visit.page();
            visit.frame().secondFactor();
            Locator dialog = page.getByRole(AriaRole.DIALOG);
            dialog.getByLabel("Your password").fill("wrong");
            press(dialog, "Set up");
            assertThat(dialog.getByText("The current password is wrong.")).isVisible();
            visit.assertAccessible();
            dialog.getByLabel("Your password").fill(ScriptedGateway.PASSWORD);
            press(dialog, "Set up");
            assertThat(dialog.getByText("ABCD EFGH 2345 67")).isVisible();
            Locator picture = dialog.getByRole(AriaRole.IMG, new Locator.GetByRoleOptions().setName("QR code that holds the key below"));
            assertEquals(ScriptedSecondFactor.URI, scan(picture));
            visit.assertAccessible();
            dialog.getByLabel("Code").fill("000000");
            press(dialog, "Confirm");
            assertThat(dialog.getByText("The code is wrong, or its time is over.")).isVisible();
            dialog.getByLabel("Code").fill(ScriptedSecondFactor.CODE);
            press(dialog, "Confirm");
            assertThat(dialog.getByText(ScriptedSecondFactor.RECOVERY_CODE)).isVisible();
            visit.assertAccessible();
            page.keyboard().press("Escape");

            visit.frame().signOut();
            visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);
            Locator code = page.getByLabel("Code of your authenticator, or a recovery code");
            assertThat(code).isFocused();
            visit.assertAccessible();
            code.fill("000000");
            code.press("Enter");
            assertThat(visit.signIn().message("The code is not right, or was used already.")).isVisible();
            assertThat(code).isFocused();
            code.fill(ScriptedSecondFactor.CODE);
            code.press("Enter");
            assertThat(visit.playground().heading()).isVisible();

            visit.frame().secondFactor();
            dialog.getByLabel("Your password").fill(ScriptedGateway.PASSWORD);
            dialog.getByLabel("Code").fill(ScriptedSecondFactor.CODE);
            press(dialog, "Remove");
            assertThat(dialog.getByText("Your password alone signs you in again.")).isVisible();
        }
    }

    /** As the camera of an authenticator does. */
    private static String scan(Locator picture) throws IOException, NotFoundException {
        BufferedImage seen = ImageIO.read(new ByteArrayInputStream(picture.screenshot()));
        int[] pixels = seen.getRGB(0, 0, seen.getWidth(), seen.getHeight(), new int[seen.getWidth() * seen.getHeight()], 0, seen.getWidth());
        return new MultiFormatReader().decode(new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(seen.getWidth(), seen.getHeight(), pixels)))).getText();
    }

    private static void press(Locator dialog, String name) {
        dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true)).click();
    }
}
