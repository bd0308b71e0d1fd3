"""What all pages for people are made with: templates, style sheets and scripts, and the policy that goes with them."""
