package org.altiplano.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A user sets up a second factor, signs in with it and takes it away again, in a real Chromium. */
class SecondFactorIT {

    @Test
    void isSetUpAskedForAtTheNextSignInAndTakenAway() throws IOException {
        try (ConsoleBrowser browser = new ConsoleBrowser();
                ScriptedGateway gateway = new ScriptedGateway(Path.of(System.getProperty("console.files")));
                ConsoleBrowser.Visit visit = browser.visit(gateway.url()).open("/playground")) {
            Page page = visit.page();
            visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);
            open(page);
            Locator dialog = page.getByRole(AriaRole.DIALOG);
            dialog.getByLabel("Your password").fill("wrong");
            press(dialog, "Set up");
            assertThat(dialog.getByText("The current password is wrong.")).isVisible();
            visit.assertAccessible();
            dialog.getByLabel("Your password").fill(ScriptedGateway.PASSWORD);
            press(dialog, "Set up");
            assertThat(dialog.getByText("ABCD EFGH 2345 67")).isVisible();
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

            open(page);
            dialog.getByLabel("Your password").fill(ScriptedGateway.PASSWORD);
            dialog.getByLabel("Code").fill(ScriptedSecondFactor.CODE);
            press(dialog, "Remove");
            assertThat(dialog.getByText("Your password alone signs you in again.")).isVisible();
        }
    }

    private static void open(Page page) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("User menu of")).click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName("Second factor")).click();
    }

    private static void press(Locator dialog, String name) {
        dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true)).click();
    }
}
